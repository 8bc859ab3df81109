"""Marks a version of symbols that a library asks for as one that may be missing:  weaken.py LIBRARY GLIBCXX_3.4.32

TorchSharp's native library was linked on a newer system for the sake of one function, which begins iostreams and is empty
where another library has begun them; Debian 12's libstdc++ has neither it nor its version."""
import struct
import sys

VERSIONS_NEEDED, MAY_BE_MISSING = 0x6FFFFFFE, 2


def main():
    path, version = sys.argv[1:]
    with open(path, "rb") as file:
        data = bytearray(file.read())
    table, = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, table + i * size) for i in range(count)]
    for section in (s for s in sections if s[1] == VERSIONS_NEEDED):
        names, at, following = sections[section[6]][4], section[4], 1
        while following:
            _, entries, _, first, following = struct.unpack_from("<HHIII", data, at)
            entry = at + first
            for _ in range(entries):
                _, flags, _, name, step = struct.unpack_from("<IHHII", data, entry)
                if data[names + name:data.index(0, names + name)].decode() == version:
                    struct.pack_into("<H", data, entry + 4, flags | MAY_BE_MISSING)
                entry += step
            at += following
    with open(path, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    main()
