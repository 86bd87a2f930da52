"""The pages on which trainers show the dynamics: `innomotor workshop`.

`app` says what is answered where, `safety` what is refused, `questions` turns what a page asks into a scenario, `runs`
answers it with the engine, `places` says where clinics stand on the picture, and `static` holds all that a browser
needs, so that nothing is fetched from anywhere else.
"""
