"""HTTP: endpoints, the shapes of bodies and answers, and the status of each error."""
