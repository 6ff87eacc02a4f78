"""For authors of plugins: a package to begin with, and what a plugin must hold before others install it.

    scaffold.py     `o365scan plugin new`: writes the package that `template` describes
    examine.py      `o365scan plugin check`: all rules over one distribution
    subject.py      the distribution: its plugins, its checks and datasets, its files of cases
    remarks.py      what a rule has to say: what, where, what to do

and a file for each kind of rule: naming, documentation, reading, importing, casework, repeating.
"""
