"""Runs the steps of Containerfile or coverslip.def in fresh Debian 12 roots, without a container engine, and then the program.

    sudo python3 bench/container-root.py Containerfile FOLDER
    sudo python3 bench/container-root.py coverslip.def FOLDER

Needs debootstrap and 6 GB in FOLDER, which is emptied at the end. An image's name is replaced: Debian's by a root that
debootstrap makes, the .NET SDK's by this machine's own /usr/share/dotnet. Everything else is done as the file says. The
finished root is then entered as a normal user, who asks for the version, calls `doctor`, and paints a cohort.
"""

import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# What this machine's network asks for. The certificates it trusts lie in the roots under a name of their own.
PASSED_ON = ("NUGET_CERT_REVOCATION_MODE", "http_proxy", "https_proxy")
CERTIFICATES = "/etc/certificates-of-the-builder.crt"


class Stage:
    """A root file system and what later steps in it inherit."""

    def __init__(self, image, root):
        self.image, self.root = image, root
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        self.folder, self.user, self.entry = "/", "root", None

    def run(self, command, user=None):
        user = user or self.user
        environment = {"HOME": self.home(user)} | self.environment
        if "SSL_CERT_FILE" in os.environ:
            environment["SSL_CERT_FILE"] = CERTIFICATES
        environment |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        inside = ["chroot", f"--userspec={user}", str(self.root), "/bin/sh", "-ec", f"cd {self.folder}; {command}"]
        # A mount and process namespace of its own: what is mounted there ends with the command.
        subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.root}/proc"]
            + ["sh", "-ec", f"mount --rbind /sys {self.root}/sys; exec \"$@\"", "-", "env", "-i"]
            + [f"{name}={value}" for name, value in environment.items()]
            + inside,
            check=True,
        )

    def home(self, user):
        """As container engines set it: / for a user without a name."""
        lines = (line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines())
        return next((fields[5] for fields in lines if fields[0] == user), "/")

    def path(self, inside):
        return Path(f"{self.root}/{os.path.join(self.folder, inside)}")


def copy(source, names, stage, target, leave_out=()):
    """As COPY and %files do: a folder's contents into the target folder, a file into it if it ends in a slash."""
    place = stage.path(target)
    for name in (found for name in names for found in glob.glob(f"{source}/{name}")):
        if os.path.isdir(name):
            at_top = lambda folder, _, top=name: leave_out if folder == top else ()
            shutil.copytree(name, place, symlinks=True, ignore=at_top, dirs_exist_ok=True)
        else:
            (place if target.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(name, place)


def base(image, folder, name):
    """The root that stands for an image."""
    if image.startswith("mcr.microsoft.com/dotnet/sdk:"):
        return Stage(image, Path("/"))
    assert image.startswith("debian:12"), f"no root stands for the image {image}"
    if not (folder / "debian").exists():
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", folder / "debian"], check=True)
        # The updates that Debian's own images have, this machine's names and certificates.
        sources = folder / "debian/etc/apt/sources.list"
        main = sources.read_text()
        updates = main.replace(" bookworm ", " bookworm-updates ")
        security = main.replace("/debian ", "/debian-security ").replace(" bookworm ", " bookworm-security ")
        sources.write_text(main + updates + security)
        shutil.copy("/etc/resolv.conf", folder / "debian/etc/resolv.conf")
        if bundle := os.environ.get("SSL_CERT_FILE"):
            shutil.copy(bundle, f"{folder}/debian/{CERTIFICATES}")
    subprocess.run(["cp", "-a", folder / "debian", folder / name], check=True)
    return Stage(image, folder / name)


def containerfile(text, folder):
    """The stages of a Containerfile, its steps done."""
    stages, ignored = {}, (PROJECT / ".containerignore").read_text().split()
    text = re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", text, flags=re.M))
    for word, rest in (line.split(None, 1) for line in text.splitlines() if line.strip()):
        print(f"--- {word} {rest}", flush=True)
        if word == "FROM":
            image, _, name = rest.partition(" AS ")
            name = name or "final"
            stage = stages[name] = base(image, folder, name)
        elif word == "COPY":
            *names, target = rest.split()
            source = PROJECT
            if names[0].startswith("--from="):
                source = stages[names.pop(0).removeprefix("--from=")].root
            copy(source, names, stage, target, ignored if source == PROJECT else ())
        elif word == "RUN":
            stage.run(rest)
        elif word in ("ARG", "ENV"):
            name, _, value = rest.partition("=")
            stage.environment[name] = value
        elif word == "WORKDIR":
            stage.folder = rest
            stage.path(".").mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            stage.user = rest
        elif word == "ENTRYPOINT":
            stage.entry = " ".join(shlex.quote(part) for part in json.loads(rest))
        else:
            assert word == "CMD", f"{word} is not known here"
    return stage


def definition(text, folder):
    """The stages of an Apptainer definition, their files copied and their %post run, in this order as Apptainer does."""
    stages = {}
    for part in re.split(r"(?m)^Bootstrap: docker\n", re.sub(r"(?m)^#.*\n", "", text))[1:]:
        header, *sections = re.split(r"(?m)^%", part)
        fields = dict(line.split(": ", 1) for line in header.split("\n") if line)
        stage = stages[fields["Stage"]] = base(fields["From"], folder, fields["Stage"])
        for section in sorted(sections, key=lambda section: not section.startswith("files")):
            title, body = section.split("\n", 1)
            print(f"--- {fields['Stage']} %{title}", flush=True)
            if title.startswith("files"):
                source = stages[title.split()[-1]].root if " from " in title else PROJECT
                for name, target in (line.split() for line in body.splitlines() if line.strip()):
                    copy(source, [name], stage, target)
            elif title == "post":
                stage.run(body)
            else:
                stage.entry = f"sh -c {shlex.quote(body)} -"
    stage.run("useradd --uid 1000 --create-home somebody; mkdir /work; chown somebody: /work")
    stage.user, stage.folder = "somebody", "/work"
    return stage


def main():
    name, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True)
    try:
        started = time.monotonic()
        build = definition if name.endswith(".def") else containerfile
        stage = build((PROJECT / name).read_text(), folder)
        print(f"--- built in {time.monotonic() - started:.0f} s")
        subprocess.run(["du", "-sh", f"{stage.root}/opt/coverslip", f"{stage.root}"], check=True)
        for call in ("--version", "doctor", "phantoms --out phantoms --patients 2 --least 1 --most 2"):
            print(f"--- {stage.user}: coverslip {call}", flush=True)
            stage.run(f"id -un; {stage.entry} {call}")
        print("--- somebody without a name or a home: coverslip doctor", flush=True)
        stage.run(f"cd /tmp; {stage.entry} doctor > /dev/null", user="4321:4321")
        print(f"ok: {name}")
    finally:
        shutil.rmtree(folder)


main()
