"""What a class does without the site: a package of its lessons and drills, and results entered afterwards."""
