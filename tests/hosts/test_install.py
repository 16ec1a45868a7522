"""Installing, examining and removing the add-in, in the folders of a made-up user of Windows and of a Mac."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from arcredit import __version__
from arcredit.errors import ArcreditError
from arcredit.hosts.cli import main
from arcredit.hosts.console import DONE, FINDINGS, REFUSED
from arcredit.hosts.excel import doctor, install
from arcredit.hosts.excel.build import sources
from arcredit.hosts.excel.doctor import troubles
from arcredit.hosts.excel.install import MARK_OF_THE_WEB, installation, removal, take
from arcredit.hosts.excel.places import XLWINGS, places


@pytest.fixture(params=["win32", "darwin"])
def here(request, tmp_path):
    return made_up(request.param, tmp_path)


def made_up(system, home):
    return places(
        system,
        {
            "HOME": str(home),
            "APPDATA": str(home / "AppData" / "Roaming"),
            "LOCALAPPDATA": str(home / "AppData" / "Local"),
        },
    )


@pytest.fixture
def windows(tmp_path):
    return made_up("win32", tmp_path)


@pytest.fixture
def mac(tmp_path):
    return made_up("darwin", tmp_path)


class Commands:
    """Commands are noted, not run; the environment they would make is this Python and xlwings' libraries."""

    def __init__(self, here):
        self.here, self.noted = here, []

    def __call__(self, command):
        self.noted.append(list(command))
        if "venv" in command and not self.here.python.exists():
            self.here.python.parent.mkdir(parents=True)
            speak(self.here, f'exec "{sys.executable}" "$@"')
        elif self.here.system == "win32":
            for path in self.here.bridge:
                path.write_bytes(b"MZ")


def speak(here, script):
    """Let the Python of the add-in be a script."""
    here.python.write_text(f"#!/bin/sh\n{script}\n")
    here.python.chmod(0o755)


def installed(here):
    commands = Commands(here)
    take(installation(here, "arcredit-wheel", commands), lambda step: None)
    return commands


def files(home):
    return {path for path in home.rglob("*") if path.is_file()}


def keys(here, registry=None):
    return [trouble.key for trouble in troubles(here, registry or (lambda key, name: None))]


def test_what_is_installed_is_found_well(here):
    commands = installed(here)
    assert here.addin.exists()
    assert not list(here.startup.glob("*draft*"))
    assert keys(here) == []
    venv, pip = commands.noted
    assert venv[1:] == ["-m", "venv", str(here.venv)]
    assert pip[0] == str(here.python)
    assert pip[-2:] == ["arcredit-wheel", f"xlwings=={XLWINGS}"]


def test_everything_lies_in_the_users_own_folders(here, tmp_path):
    installed(here)
    for path in files(tmp_path):
        assert path.is_relative_to(tmp_path)
    assert here.addin.parent == here.startup


def test_uninstalling_leaves_nothing(here, tmp_path):
    installed(here)
    take(removal(here), lambda step: None)
    assert files(tmp_path) == set()
    assert not here.folder.exists()
    assert removal(here) == []


def test_installing_again_repairs(here):
    installed(here)
    here.addin.write_bytes(b"old")
    assert keys(here) == ["other_addin"]
    installed(here)
    assert keys(here) == []


def test_a_dry_run_touches_nothing(here, tmp_path):
    commands = Commands(here)
    steps = installation(here, "x", commands)
    assert {step.key for step in steps} >= {"addin", "python", "packages"}
    assert files(tmp_path) == set()
    assert commands.noted == []


def test_a_script_of_another_program_stays(tmp_path, mac):
    here = mac
    script = here.bridge[0]
    script.parent.mkdir(parents=True)
    script.write_text("someone else's")
    installed(here)
    assert script.read_text() == "someone else's"
    take(removal(here), lambda step: None)
    assert files(tmp_path) == {script}


def test_the_mac_gets_the_script_of_xlwings(tmp_path, mac):
    here = mac
    installed(here)
    assert "VbaHandler" in here.bridge[0].read_text(encoding="utf-8")
    assert json.loads(here.record.read_text()) == [str(here.bridge[0])]


def test_the_mark_of_the_web_is_found_and_removed(tmp_path, windows):
    here = windows
    installed(here)
    mark = Path(f"{here.addin}{MARK_OF_THE_WEB}")
    mark.write_text("[ZoneTransfer]\nZoneId=3\n")
    assert keys(here) == ["blocked"]
    installed(here)
    assert not mark.exists()


def test_every_trouble_is_told_with_what_to_do(tmp_path, windows):
    here = windows
    assert keys(here) == ["no_addin", "no_python"]
    installed(here)
    here.bridge[0].unlink()
    here.second_copies[0].parent.mkdir(parents=True)
    here.second_copies[0].touch()
    registry = {"VBAWarnings": 4, "AllLocationsDisabled": 1}
    told = troubles(here, lambda key, name: registry[name] if "Policies" in key else None)
    assert [trouble.key for trouble in told] == ["second_copy", "no_library", "macros_off", "not_trusted"]
    for trouble in told:
        for language in ("en", "zh"):
            assert "{" not in trouble.text(language)


def test_a_python_of_another_version_or_without_packages(tmp_path, windows):
    here = windows
    installed(here)
    answer = {"arcredit": "0.0.1", "xlwings": "0.30.0", "figure": 36.5}
    speak(here, f"echo '{json.dumps(answer)}'")
    assert keys(here) == ["other_version", "other_version"]
    speak(here, "echo 'ModuleNotFoundError: No module named win32com' >&2; exit 1")
    (trouble,) = troubles(here, lambda key, name: None)
    assert trouble.key == "python_fails"
    assert "win32com" in trouble.text("zh")


def test_letters_that_vba_cannot_read(tmp_path):
    here = made_up("win32", tmp_path / "王")
    latin = type(here)(**{**vars(here), "code_page": "cp1252"})
    assert "foreign_letters" in keys(latin)
    assert "foreign_letters" not in keys(type(here)(**{**vars(here), "code_page": "cp936"}))


def test_excel_holds_the_add_in(here):
    def held():
        raise PermissionError(13, "denied", str(here.addin))

    step = install.Step("addin", {"path": here.addin}, held)
    with pytest.raises(ArcreditError, match="Close Excel"):
        take([step], lambda step: None)


def test_packages_that_cannot_be_had(here):
    def run(command):
        raise subprocess.CalledProcessError(1, command, stderr="...\nERROR: No matching distribution\n")

    with pytest.raises(ArcreditError, match="No matching distribution"):
        take(installation(here, "x", run), lambda step: None)


def test_not_from_its_own_python(here, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(here.venv))
    for steps in (installation, removal):
        with pytest.raises(ArcreditError, match="runs from"):
            steps(here)


def test_there_is_no_excel_on_linux():
    with pytest.raises(ArcreditError, match="no Excel"):
        places("linux", {})


def test_the_pin_is_the_same_everywhere():
    assert f"xlwings=={XLWINGS}" in (sources().parent / "pyproject.toml").read_text(encoding="utf-8")


def test_own_source_is_a_folder_or_a_version():
    source = install.own_source()
    assert source.startswith("file:") or source == f"arcredit=={__version__}"


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    def on_this_system():
        return made_up("win32", tmp_path)

    monkeypatch.setenv("ARCREDIT_LANGUAGE", "en")
    monkeypatch.setattr("arcredit.hosts.excel.places.places", on_this_system)
    return lambda *arguments: CliRunner().invoke(main, ["addin", *arguments])


def test_commands(invoke, tmp_path, monkeypatch):
    dry = invoke("install", "--dry-run")
    assert dry.exit_code == DONE
    assert "Would be done:" in dry.stdout
    assert files(tmp_path) == set()
    monkeypatch.setattr(doctor, "_registry", lambda key, name: None)
    sick = invoke("doctor")
    assert sick.exit_code == FINDINGS
    assert "arcredit addin install" in sick.stdout
    assert "Nothing of arcredit is installed" in invoke("uninstall").stdout
    monkeypatch.setattr(install, "_run", lambda command: None)
    done = invoke("install")
    assert done.exit_code == DONE
    assert "Start Excel anew" in done.stdout
    gone = invoke("uninstall")
    assert gone.exit_code == DONE
    assert files(tmp_path) == set()


def test_commands_on_a_system_without_excel(monkeypatch):
    monkeypatch.setenv("ARCREDIT_LANGUAGE", "zh")
    monkeypatch.setattr(sys, "platform", "linux")
    for command in ("install", "uninstall", "doctor"):
        refused = CliRunner().invoke(main, ["addin", command])
        assert refused.exit_code == REFUSED
        assert "本系统没有 Excel" in refused.stderr


def test_build_writes_where_it_is_told(tmp_path):
    path = tmp_path / "new" / "my.xlam"
    assert CliRunner().invoke(main, ["addin", "build", "--to", str(path)]).exit_code == DONE
    assert path.read_bytes()[:2] == b"PK"
