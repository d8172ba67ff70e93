#!/bin/sh
# Builds GCC for the VAX (C only, with its binutils) from Debian's source packages, outside the repository:
#   sh tests/tools/build-vax-gcc.sh /tmp/vaxgcc         # some ten minutes; needs root for apt-get
#   STARLET_VAX_GCC=/tmp/vaxgcc/root/bin/vax-linux-gnu-gcc npx vitest run tests/emulator/gcc.test.ts
set -e
work=${1:?where to build}
apt-get install -y --no-install-recommends gcc-12-source binutils-source g++ make libgmp-dev libmpfr-dev libmpc-dev flex bison m4 texinfo xz-utils
mkdir -p "$work/binutils-build" "$work/gcc-build"
cd "$work"
tar xf /usr/src/binutils/binutils-*.tar.xz
tar xf /usr/src/gcc-12/gcc-*.tar.xz

cd "$work/binutils-build"
../binutils-*/configure --target=vax-linux-gnu --prefix="$work/root" --disable-nls --disable-gdb --disable-werror --disable-gprofng --disable-gold --disable-sim
make -j2 MAKEINFO=true all-binutils all-gas all-ld
make MAKEINFO=true install-binutils install-gas install-ld

export PATH="$work/root/bin:$PATH"
cd "$work/gcc-build"
../gcc-*/configure --target=vax-linux-gnu --prefix="$work/root" --disable-nls --enable-languages=c --without-headers --with-newlib --disable-shared \
  --disable-threads --disable-libssp --disable-libquadmath --disable-libgomp --disable-libatomic --disable-lto --disable-plugin --enable-checking=release \
  CFLAGS=-O1 CXXFLAGS=-O1
make -j2 MAKEINFO=true all-gcc
# Debian leaves out the manual that this rule compares with the source.
sed -i '/^s-tm-texi: build/,/^$/c\s-tm-texi:\n\ttouch s-tm-texi\n' gcc/Makefile
make MAKEINFO=true install-gcc
"$work/root/bin/vax-linux-gnu-gcc" --version
