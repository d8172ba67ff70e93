$! SYMBOLS.COM - symbols as a way to pass values: from an image to its procedure, and on to a subprocess.
$ MACRO SYS$EXAMPLES:SYMBOLS
$ LINK SYMBOLS
$ RUN SYMBOLS
$ WRITE SYS$OUTPUT "The image left ", LEFT_BY_IMAGE, " and, for this procedure only, ", ONLY_HERE
$ SPAWN SHOW SYMBOL LEFT_BY_IMAGE
$ DELETE SYMBOLS.OBJ;*,SYMBOLS.EXE;*
