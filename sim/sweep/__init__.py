"""Many runs of one scenario: what varies, how it is cut into tasks, and how they are computed, kept and resumed.

``plan`` says what a plan file may say, ``plan_file`` reads it, ``designs`` gives each variant its values, ``tasks``
cuts the variants into work, ``work`` does a task wherever it is called, ``driver`` keeps the whole going, ``estimate``
says beforehand what it takes.
"""
