"""HTTP: three blueprints, and the guards in front of them."""
