"""What all pictures share: modules put together, shapes, stills, pages, styles."""
