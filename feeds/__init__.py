"""The house. Read it in the order in which an article goes from its file to the bytes of a feed.

    For everybody: problems logs text bidi ltr_runs language evidence words dates permalink svg rasterise datauri
    A value at birth: article config podcast options settings media
    File → text → fields: inside names source nodes frontmatter keys htmlhead rawtext
    Body → HTML: markup links
    Fields → Article: reading instants attachments origins advice
    What has changed in the folder, read: walking content glance readers refresh firstread overtaken known
    Kept: catalogue database stored totals search taking taken
    Which id a renamed file has: memory renames
    Questions to the catalogue: queries inventory overview translations inlined soundness headstart
    What formats share: feed paging branding sitepictures posts
    Feed → bytes: feedplan searchplan rss rssmedia atom jsonfeed social extension
    People's pages → bytes: pageplan pages discovery
    Share pictures: sharepictures cards card derived drawn
    Address → representation, kept: routes site representation cache validators
    Representation → HTTP: headers lane web replies mediareply asked seats downloads
    Socket → lane: server door visit bodyfiles rawrequest relay signals heap
    Keeping all of it true while it runs: publisher configfile keeper state watching pulse websub hub reports
    For whoever runs it: notify metrics tally
    Article → exported tree: export survey workshop crew manifest layout redirects edition
    Commands: cli newfile progressbar

`tests/test_layers.py` has the same rooms from the ground up: a room imports only what lies below it.
"""
