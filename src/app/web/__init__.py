"""HTTP: the blueprints, and the guards in front of them."""
