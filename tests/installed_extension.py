"""The LibreOffice extension, installed into a LibreOffice of its own."""

from arcredit.hosts.calc.build import build
from arcredit.hosts.calc.office import Office, _profile


class Installed:
    """A LibreOffice whose profile keeps the extension from one start to the next."""

    def __init__(self, folder):
        self.profile = _profile(folder, recalculate=True)
        self.extension = build(folder / "arcredit.oxt")

    def start(self, **environment):
        return Office(profile=self.profile, environment=environment)

    def install(self):
        with self.start() as office:
            manager(office).addExtension(self.extension.as_uri(), (), "user", None, consent())

    def uninstall(self):
        with self.start() as office:
            manager(office).removeExtension("org.arcredit.calc", "arcredit.oxt", "user", None, consent())

    def stored_basic(self):
        """Every file of My Macros that names us."""
        files = (self.profile / "user" / "basic").rglob("*")
        return [file.name for file in files if file.is_file() and "arcredit" in file.read_text("utf-8")]


def manager(office):
    return office.context.getByName("/singletons/com.sun.star.deployment.ExtensionManager")


def consent():
    """Says yes to the one question: "... is about to be installed"."""
    import uno
    import unohelper
    from com.sun.star.task import XInteractionHandler
    from com.sun.star.ucb import XCommandEnvironment

    class Approve(unohelper.Base, XInteractionHandler):
        def handle(self, request):
            approve = uno.getTypeByName("com.sun.star.task.XInteractionApprove")
            for choice in request.getContinuations():
                if choice.queryInterface(approve):
                    choice.select()

    class Environment(unohelper.Base, XCommandEnvironment):
        def getInteractionHandler(self):  # noqa: N802
            return Approve()

        def getProgressHandler(self):  # noqa: N802
            return None

    return Environment()
