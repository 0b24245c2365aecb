"""Equipment lists in and out: tables of cells, what their columns mean, what each row asks for, what became of it."""
