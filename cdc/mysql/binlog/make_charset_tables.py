#!/usr/bin/env python3
"""Writes charset_tables.cc from what a running server says.

    make_charset_tables.py PORT PORT > charset_tables.cc

The ports are a MariaDB's and a MySQL's (for gb18030, which only that one has) on 127.0.0.1, user root.

The single-byte character sets are asked of the server byte by byte. Those of several bytes are the C
library's; where the server differs from it, the code is listed as an exception.
"""
import ctypes
import subprocess
import sys

SINGLE = ("armscii8 ascii cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 dec8 geostd8 greek hebrew hp8 "
          "keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman swe7 tis620").split()
SEVERAL = {"big5": "BIG5", "gb18030": "GB18030", "sjis": "CP932", "ujis": "EUC-JP-MS"}

libc = ctypes.CDLL(None)
libc.iconv_open.restype = ctypes.c_void_p
libc.iconv.argtypes = [ctypes.c_void_p] * 5
libc.iconv.restype = ctypes.c_size_t


def ask(charset, codes):
    """The code points that the server makes of CODES; None where a code is none of the set."""
    out = []
    port = sys.argv[2 if charset == "gb18030" else 1]
    for start in range(0, len(codes), 2000):
        rows = " union all ".join(f"select {i} o, '{code.hex()}' x"
                                  for i, code in enumerate(codes[start:start + 2000]))
        sql = (f"select hex(convert(convert(unhex(x) using {charset}) using utf32)), "
               f"hex(convert(unhex(x) using {charset})) = x from ({rows}) t order by o")
        result = subprocess.run(["mariadb", "-h127.0.0.1", f"-P{port}", "-uroot", "-N"],
                                input=sql, capture_output=True, text=True, check=True)
        for line in result.stdout.splitlines():
            point, whole = line.split("\t")
            known = whole == "1" and len(point) == 8
            out.append(int(point, 16) if known else None)
    return out


def iconv_point(converter, code):
    source = ctypes.create_string_buffer(code, len(code))
    target = ctypes.create_string_buffer(16)
    at = [ctypes.c_void_p(ctypes.addressof(source)), ctypes.c_void_p(ctypes.addressof(target))]
    left = [ctypes.c_size_t(len(code)), ctypes.c_size_t(16)]
    failed = libc.iconv(converter, ctypes.byref(at[0]), ctypes.byref(left[0]),
                        ctypes.byref(at[1]), ctypes.byref(left[1]))
    if failed == ctypes.c_size_t(-1).value or left[1].value != 12:
        return None
    return int.from_bytes(target.raw[:4], "big")


def codes_of(charset):
    """Every code of two or more bytes that can be one character."""
    leads = [b for b in range(0x81, 0xFF) if not (charset == "sjis" and 0xA0 <= b <= 0xDF)]
    if charset != "ujis":
        return [bytes([a, b]) for a in leads for b in range(0x40, 0xFF)]
    tails = range(0xA1, 0xFF)
    return ([bytes([a, b]) for a in tails for b in tails] +
            [bytes([0x8F, a, b]) for a in tails for b in tails])


def exceptions(charset):
    codes = codes_of(charset)
    converter = libc.iconv_open(b"UTF-32BE", SEVERAL[charset].encode())
    for code, point in zip(codes, ask(charset, codes)):
        unknown = point is None or point == ord("?")
        if not unknown and point != iconv_point(converter, code):
            yield int.from_bytes(code, "big"), point


def print_lines(items):
    line = "   "
    for item in items:
        if len(line) + len(item) + 1 > 100:
            print(line)
            line = "   "
        line += " " + item
    print(line)


def print_single(charset):
    codes = [bytes([b]) for b in range(256)]
    points = [0 if p is None or (p == ord("?") and b != ord("?")) else p
              for b, p in enumerate(ask(charset, codes))]
    if charset == "swe7":
        low = [(b, points[b]) for b in range(128) if points[b] != b]
        print("const CharsetException kSwe7Low[] = {")
        print_lines([f"{{0x{b:02X}, 0x{p:04X}}}," for b, p in low])
        print("};")
        points[128:] = [0] * 128
    print(f"const char16_t k_{charset}[] =")
    for start in range(128, 256, 15):
        line = "".join(f"\\u{p:04X}" for p in points[start:start + 15])
        print(f'    u"{line}"' + (";" if start + 15 >= 256 else ""))


def main():
    print('// Made by make_charset_tables.py from what MariaDB 10.11 and MySQL 9.7 say; not to be edited.')
    print('// clang-format off')
    print('#include "cdc/mysql/binlog/charset_tables.h"\n')
    print("namespace leat::cdc::mysql {\nnamespace {\n")
    for charset in SINGLE:
        print_single(charset)
    for charset in SEVERAL:
        print(f"const CharsetException k_{charset}[] = {{")
        print_lines([f"{{0x{code:X}, 0x{point:04X}}}," for code, point in exceptions(charset)])
        print("};")
    print("\n}  // namespace\n")
    print("const SingleByteTable kSingleByteTables[] = {")
    for charset in SINGLE:
        low = "kSwe7Low, std::size(kSwe7Low)" if charset == "swe7" else "nullptr, 0"
        print(f'    {{"{charset}", k_{charset}, {low}}},')
    print("};\nconst size_t kSingleByteTableCount = std::size(kSingleByteTables);\n")
    print("const ExceptionTable kExceptionTables[] = {")
    for charset in SEVERAL:
        print(f'    {{"{charset}", k_{charset}, std::size(k_{charset})}},')
    print("};\nconst size_t kExceptionTableCount = std::size(kExceptionTables);\n")
    print("}  // namespace leat::cdc::mysql")


main()
