"""The pages in docs/reference, made from the code: a function a page that returns its Markdown."""
