"""``dreambrush paint``: its options, what they ask for, and how each picture is painted and saved."""
