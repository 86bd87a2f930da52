"""The pages on which trainers show the dynamics: `innomotor workshop`.

`app` puts the pages together and `safety` says what is refused. `questions` turns what a page asks into a scenario,
`opened` keeps files that somebody opened, `runs` answers a question with the engine, `telling` says the answer as pages
take it, `places` says where clinics stand on the picture, and `static` holds all that a browser needs, so that nothing
is fetched from anywhere else.

How a page is added:

1. A module in `pages` with ``routes(site)``, a short list, and its name in ``app.PAGES``. `site.page` fills in a
   template in the language of the request, `site.answered` computes an answer that is given up when nobody waits.
2. A template that extends `base.html` (blocks title, head, nav, main) or, about one scenario, `scenario.html`.
   What a script needs is put there as JSON (``about``, ``words``); nothing is inline.
3. A module in `static` that uses `api.js` (questions), `numbers.js` (numbers, words), `chart.js` (curves with bands),
   `table.js` (the same as a table), `scene.js` (networks with their numbers) and `playback.js` (time); `style.css` has
   panels, buttons, doors and tables.
4. Its words in `studio/texts/*_web.json`: ``web.PAGE.…`` for the template, ``web.js.…`` for scripts.
5. Its address in ``PAGES`` of `tests/browser/test_pages.py`, where every page is looked at in both languages.
"""
