"""axe-core's rules, on a page as it is shown."""

from pathlib import Path

import axe_core_python

AXE = Path(axe_core_python.__file__).with_name("axe.min.js").read_text()
RUN = """
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
        .then(result => done(result.violations), error => done([{ id: "axe", help: String(error), nodes: [] }]));
"""


def violations(page):
    """With everything at rest: what fades is in between two colours."""
    page.run("for (const animation of document.getAnimations()) animation.finish()")
    page.run(AXE)
    found = page.driver.execute_async_script(RUN)
    return [(found["id"], found["help"], [node["html"][:200] for node in found["nodes"]]) for found in found]
