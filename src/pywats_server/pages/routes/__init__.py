"""The pages' endpoints, a module an area: each reads what was asked, calls a use case and renders a template."""
