import { describe, expect, it } from 'vitest';
import { ANNOUNCEMENT } from '../../src/executive/boot/init.js';
import { Session } from './boot-dcl.js';

/** A job whose SYS$INPUT is a file, as a batch job's and that of `starlet run`. */
function job(text: string, more: Readonly<Record<string, string>> = {}): { output: string[]; status: number | undefined } {
  const session = new Session([], { 'JOB.COM': text, ...more }, 'DUA0:[TEST]JOB.COM');
  session.run(30);
  return { output: session.console.replace(ANNOUNCEMENT, '').split(/[\r\n]+/).filter((line) => line !== ''), status: session.finalStatus };
}

describe('commands from a file', () => {
  it('ch23#39: the end of the input is a logout; labels, GOTO and procedures work at level 0', () => {
    const { output, status } = job(`$ I = 0
$LOOP: I = I + 1
$ IF I .LT. 3 THEN GOTO LOOP
$ WRITE SYS$OUTPUT "I=",I," depth ",F$ENVIRONMENT("DEPTH")
$ @SUB x
$ WRITE SYS$OUTPUT F$ENVIRONMENT("INTERACTIVE")`, { 'SUB.COM': '$ WRITE SYS$OUTPUT P1, F$ENVIRONMENT("DEPTH")' });
    expect(output).toEqual(['I=3 depth 0', 'X1', 'FALSE']);
    expect(status).toBe(0x30001);
  });

  it('an error ends the job with its status and one message', () => {
    const { output, status } = job('$ @SUB\n$ WRITE SYS$OUTPUT "no"', { 'SUB.COM': '$ EXIT 44' });
    expect(output).toEqual(['%SYSTEM-F-ABORT, abort']);
    expect(status! & 0x0fffffff).toBe(0x2c);
  });

  it('EXIT with a status is the status of the job; a warning does not stop it', () => {
    expect(job('$ FROB\n$ EXIT 3').status).toBe(3);
    expect(job('$ FROB').status).toBe(0x10038090);
  });

  it('READ SYS$INPUT and INQUIRE take the data lines of the procedure', () => {
    expect(job('$ INQUIRE A "Name"\nfred  smith\n$ INQUIRE B\n$ READ/END_OF_FILE=E SYS$COMMAND C\n$ WRITE SYS$OUTPUT "no"\n$E: WRITE SYS$OUTPUT A,"/",B').output).toEqual(['FRED SMITH/']);
    expect(job('$ READ SYS$INPUT X\nfirst line\n$ WRITE SYS$OUTPUT X').output).toEqual(['first line']);
  });
});
