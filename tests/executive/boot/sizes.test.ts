import { expect, test } from 'vitest';
import { defaultParameters } from '../../../src/executive/boot/parameters.js';
import { processHeaderSizes, systemSizes } from '../../../src/executive/boot/sizes.js';

/** Worked examples of the Appendix F digest: VIRTUALPAGECNT WSMAX PQL_DWSDEFAULT PROCSECTCNT -> parts in pages. */
const EXAMPLES = [
  [8192, 1024, 100, 32, 64, 7, 4, 2, 77],
  [8192, 512, 150, 32, 64, 2, 5, 2, 73],
  [4096, 256, 100, 20, 32, 1, 3, 1, 37],
  [16384, 2048, 200, 64, 128, 14, 7, 3, 152],
  [65536, 4096, 256, 64, 512, 30, 7, 9, 558],
] as const;

test.each(EXAMPLES)('appF#1, appF#2: header of VIRTUALPAGECNT %i WSMAX %i PQL_DWSDEFAULT %i PROCSECTCNT %i', (virtual, wsmax, dws, pst, pageTables, empty, wslPst, bak, total) => {
  const sizes = processHeaderSizes({ VIRTUALPAGECNT: virtual, WSMAX: wsmax, PQL_DWSDEFAULT: dws, PROCSECTCNT: pst });
  expect(sizes).toEqual({ pageTables, empty, wslPst, bak, total });
  expect(sizes.wslPst + sizes.empty + sizes.bak + sizes.pageTables).toBe(sizes.total);
});

test('appF#3: 128 more virtual pages make the slot one page larger', () => {
  const base = { WSMAX: 1024, PQL_DWSDEFAULT: 100, PROCSECTCNT: 32 };
  expect(processHeaderSizes({ ...base, VIRTUALPAGECNT: 8192 + 128 }).total).toBe(processHeaderSizes({ ...base, VIRTUALPAGECNT: 8192 }).total + 1);
});

test('appF#10: PAGEDYN is truncated to whole pages', () => {
  expect(systemSizes({ ...defaultParameters(), PAGEDYN: 100100 }, 32768).pagedPoolBytes).toBe(99840);
});

test('appF#12, appF#13: an LRP is LRPSIZE + 76 rounded to 16; the IRP list has room for IRPCOUNTV packets', () => {
  const sizes = systemSizes({ ...defaultParameters(), LRPSIZE: 1504, IRPCOUNTV: 10, IRPCOUNT: 1 }, 32768);
  expect(sizes.lrpSize).toBe(1584);
  expect(sizes.irpList).toBe(Math.ceil(2080 / 512));
});

test('appF#14, appF#19: one SCB page; the system page table is sized in a single pass', () => {
  const values = defaultParameters();
  const sizes = systemSizes(values, 32768);
  expect(sizes.scb).toBe(1);
  const rest = 6 + values['SPTREQ']! + 1 + sizes.pagedPool + sizes.variablePool + sizes.srpList + sizes.irpList + sizes.lrpList
    + sizes.interruptStack + sizes.scb + sizes.balanceSlots + sizes.systemHeader + sizes.globalPageTable;
  const pfn = Math.ceil((18 * 32768) / 512);
  expect(sizes.systemPageTable).toBe(Math.floor((rest + pfn + Math.floor((rest + pfn) / 128) + 127) / 128));
});
