"""``dreambrush paint``.

``command`` reads the command line; ``options``, ``values`` and ``settings`` say what can be asked for.  ``job`` paints
and saves one picture, ``album`` paints several, ``away`` on other machines, which get their ``tools``; ``watch`` paints
a picture each time it is saved.  ``outcomes`` reports them.  ``onto`` paints into the artist's own work, ``resume``
finishes what was interrupted.
"""
