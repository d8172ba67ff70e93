import type { Flow } from '../../executive/gate/microroutine.js';
import { JBC$_DUPCHARNAME, JBC$_INCFORMPAR, JBC$_NOSUCHCHAR, JBC$_NOSUCHFORM, JBC$_REFERENCED } from '../../executive/starlet/jbcmsgdef.js';
import * as qui from '../../executive/starlet/quidef.js';
import * as sjc from '../../executive/starlet/sjcdef.js';
import { SS$_NORMAL } from '../../executive/starlet/ssdef.js';
import { JobControlError } from './error.js';
import type { QueueManager } from './manager.js';
import { REC$K_CHARACTERISTIC, REC$K_FORM, SQC, SFM, type Form } from './records.js';
import type { Request } from './request.js';

/** Forms and characteristics. Form 0, DEFAULT, is always there, whether or not somebody has defined it. @source DCL Dictionary, DEFINE/FORM */
export interface FormShape {
  readonly record: Form | undefined;
  readonly number: number;
  readonly name: string;
  readonly stock: string;
  readonly description: string;
  readonly length: number;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly flags: number;
}

const DEFAULT_FORM: FormShape = {
  record: undefined, number: 0, name: 'DEFAULT', stock: 'DEFAULT', description: 'System-defined default', length: 66, width: 132, top: 0, bottom: 6, left: 0, right: 0,
  flags: qui.QUI$M_FORM_TRUNCATE,
};

function shapeOf(m: QueueManager, form: Form): FormShape {
  return {
    record: form, number: form.SFM$L_NUMBER, name: m.file.text(form, SFM.offset.SFM$T_NAME), stock: m.file.text(form, SFM.offset.SFM$T_STOCK),
    description: m.file.text(form, SFM.offset.SFM$T_DESCRIPTION), length: form.SFM$W_LENGTH, width: form.SFM$W_WIDTH, top: form.SFM$W_TOP,
    bottom: form.SFM$W_BOTTOM, left: form.SFM$W_LEFT, right: form.SFM$W_RIGHT, flags: form.SFM$L_FLAGS,
  };
}

/** All forms, by number. */
export function forms(m: QueueManager): FormShape[] {
  const defined = m.file.list(m.file.header.SQH$L_FORMS).map((record) => shapeOf(m, m.file.form(record)));
  return defined.some(({ number }) => number === 0) ? defined : [DEFAULT_FORM, ...defined];
}

export function formNamed(m: QueueManager, name: string): FormShape {
  const found = forms(m).find((form) => form.name === name || String(form.number) === name);
  if (!found) throw new JobControlError(JBC$_NOSUCHFORM);
  return found;
}

export function formNumbered(m: QueueManager, number: number): FormShape {
  const found = forms(m).find((form) => form.number === number);
  if (!found) throw new JobControlError(JBC$_NOSUCHFORM);
  return found;
}

/** SJC$_DEFINE_FORM: a new form; one that is there gets what is given. */
export function* defineForm(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const name = request.required(sjc.SJC$_FORM_NAME).toUpperCase();
  const number = request.number(sjc.SJC$_FORM_NUMBER, 0, 9999);
  const known = forms(m).find((form) => form.name === name);
  if (!known && number === undefined) throw new JobControlError(JBC$_INCFORMPAR);
  if (forms(m).some((form) => form.number === number && form.name !== name)) throw new JobControlError(JBC$_INCFORMPAR);
  let form = known?.record;
  if (!form) {
    const record = yield* m.file.allocate(REC$K_FORM);
    form = m.file.form(record);
    const shape = known ?? DEFAULT_FORM;
    Object.assign(form, {
      SFM$L_NUMBER: number ?? shape.number, SFM$L_FLAGS: shape.flags, SFM$W_LENGTH: shape.length, SFM$W_WIDTH: shape.width, SFM$W_TOP: shape.top,
      SFM$W_BOTTOM: shape.bottom, SFM$W_LEFT: shape.left, SFM$W_RIGHT: shape.right,
    });
    m.file.setText(form, SFM.offset.SFM$T_NAME, 32, name);
    m.file.setText(form, SFM.offset.SFM$T_STOCK, 32, known?.stock ?? name);
    m.file.setText(form, SFM.offset.SFM$T_DESCRIPTION, 256, known?.description ?? name);
    const { header } = m.file;
    header.SQH$L_FORMS = m.file.insert(header.SQH$L_FORMS, record, (other) => m.file.form(other).SFM$L_NUMBER > form!.SFM$L_NUMBER);
    m.file.touch(header);
  }
  const flags: readonly (readonly [number, number, number])[] = [
    [sjc.SJC$_FORM_SHEET_FEED, sjc.SJC$_NO_FORM_SHEET_FEED, qui.QUI$M_FORM_SHEET_FEED], [sjc.SJC$_FORM_TRUNCATE, sjc.SJC$_NO_FORM_TRUNCATE, qui.QUI$M_FORM_TRUNCATE],
    [sjc.SJC$_FORM_WRAP, sjc.SJC$_NO_FORM_WRAP, qui.QUI$M_FORM_WRAP],
  ];
  for (const [on, off, flag] of flags) {
    if (request.has(on)) form.SFM$L_FLAGS |= flag;
    if (request.has(off)) form.SFM$L_FLAGS &= ~flag;
  }
  if (request.has(sjc.SJC$_FORM_WRAP)) form.SFM$L_FLAGS &= ~qui.QUI$M_FORM_TRUNCATE;
  if (request.has(sjc.SJC$_FORM_TRUNCATE)) form.SFM$L_FLAGS &= ~qui.QUI$M_FORM_WRAP;
  form.SFM$W_LENGTH = request.number(sjc.SJC$_FORM_LENGTH, 1, 255) ?? form.SFM$W_LENGTH;
  form.SFM$W_WIDTH = request.number(sjc.SJC$_FORM_WIDTH, 1, 65535) ?? form.SFM$W_WIDTH;
  form.SFM$W_TOP = request.number(sjc.SJC$_FORM_MARGIN_TOP, 0, 254) ?? form.SFM$W_TOP;
  form.SFM$W_BOTTOM = request.number(sjc.SJC$_FORM_MARGIN_BOTTOM, 0, 254) ?? form.SFM$W_BOTTOM;
  form.SFM$W_LEFT = request.number(sjc.SJC$_FORM_MARGIN_LEFT, 0, 65534) ?? form.SFM$W_LEFT;
  form.SFM$W_RIGHT = request.number(sjc.SJC$_FORM_MARGIN_RIGHT, 0, 65534) ?? form.SFM$W_RIGHT;
  const stock = request.text(sjc.SJC$_FORM_STOCK);
  if (stock !== undefined) m.file.setText(form, SFM.offset.SFM$T_STOCK, 32, stock.toUpperCase());
  const description = request.text(sjc.SJC$_FORM_DESCRIPTION);
  if (description !== undefined) m.file.setText(form, SFM.offset.SFM$T_DESCRIPTION, 256, description);
  m.file.touch(form);
  return SS$_NORMAL;
}

/** SJC$_DELETE_FORM: unless a queue or a job has it. */
export function* deleteForm(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const { record, number } = formNamed(m, request.required(sjc.SJC$_FORM_NAME).toUpperCase());
  if (!record) throw new JobControlError(JBC$_REFERENCED);
  const used = m.queues().some((queue) => queue.SMQ$L_FORM === number || queue.SMQ$L_DEFAULTFORM === number) || m.allJobs().some((job) => job.SJH$L_FORM === number);
  if (used) throw new JobControlError(JBC$_REFERENCED);
  const { header } = m.file;
  const place = m.file.numberOf(record);
  header.SQH$L_FORMS = m.file.remove(header.SQH$L_FORMS, place);
  m.file.free(place);
  return SS$_NORMAL;
}

export interface Characteristic {
  readonly record: number;
  readonly number: number;
  readonly name: string;
}

export function characteristics(m: QueueManager): Characteristic[] {
  return m.file.list(m.file.header.SQH$L_CHARACTERISTICS).map((record) => {
    const view = m.file.characteristic(record);
    return { record, number: view.SQC$L_NUMBER, name: m.file.text(view, SQC.offset.SQC$T_NAME) };
  });
}

export function* defineCharacteristic(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const name = request.required(sjc.SJC$_CHARACTERISTIC_NAME).toUpperCase();
  const number = request.number(sjc.SJC$_CHARACTERISTIC_NUMBER, 0, 127) ?? 0;
  if (characteristics(m).some((each) => each.name === name || each.number === number)) throw new JobControlError(JBC$_DUPCHARNAME);
  const record = yield* m.file.allocate(REC$K_CHARACTERISTIC);
  const view = m.file.characteristic(record);
  view.SQC$L_NUMBER = number;
  m.file.setText(view, SQC.offset.SQC$T_NAME, 32, name);
  const { header } = m.file;
  header.SQH$L_CHARACTERISTICS = m.file.insert(header.SQH$L_CHARACTERISTICS, record, (other) => m.file.characteristic(other).SQC$L_NUMBER > number);
  m.file.touch(header);
  return SS$_NORMAL;
}

export function* deleteCharacteristic(m: QueueManager, request: Request): Flow<number> {
  m.needOper(request);
  const name = request.required(sjc.SJC$_CHARACTERISTIC_NAME).toUpperCase();
  const found = characteristics(m).find((each) => each.name === name);
  if (!found) throw new JobControlError(JBC$_NOSUCHCHAR);
  const { header } = m.file;
  header.SQH$L_CHARACTERISTICS = m.file.remove(header.SQH$L_CHARACTERISTICS, found.record);
  m.file.free(found.record);
  return SS$_NORMAL;
}
