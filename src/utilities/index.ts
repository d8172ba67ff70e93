import type { ResidentImage } from '../executive/boot/sysboot.js';
import { BACKUP_IMAGE } from './backup/backup.js';
import { DISKQUOTA_IMAGE } from './diskquota.js';
import { BADBLOCK_IMAGE } from './badblock.js';
import { ANALYZRMS_IMAGE } from './analyze-rms.js';
import { SDA_IMAGE } from './analyze.js';
import { ERF_IMAGE } from './error-report/erf.js';
import { ACCOUNTING_IMAGE } from './accounting.js';
import { APPEND_IMAGE } from './append.js';
import { AUTHORIZE_IMAGE } from './authorize/authorize.js';
import { COPY_IMAGE } from './copy.js';
import { CONVERT_IMAGE } from './convert/convert.js';
import { CREATE_IMAGE } from './create.js';
import { CREATEFDL_IMAGE } from './create-fdl.js';
import { DELETE_IMAGE } from './delete.js';
import { DIFFERENCES_IMAGE } from './differences.js';
import { DIRECTORY_IMAGE } from './directory.js';
import { DISMOUNT_IMAGE, MOUNT_IMAGE } from './mount.js';
import { DUMP_IMAGE } from './dump.js';
import { EDT_IMAGE } from './edt/edt.js';
import { ERRFMT_IMAGE } from './errfmt.js';
import { HELP_IMAGE } from './help/vmshelp.js';
import { INIT_IMAGE } from './initialize.js';
import { INSTALL_IMAGE } from './install.js';
import { LIBRARIAN_IMAGE } from './librarian/library.js';
import { LINK_IMAGE } from './link.js';
import { MACRO_IMAGE } from './macro.js';
import { MAIL_IMAGE } from './mail/mail.js';
import { MONITOR_IMAGE } from './monitor/monitor.js';
import { PRTSMB_IMAGE } from './queues/print-symbiont.js';
import { QUEMAN_IMAGE } from './queues/queman.js';
import { SUBMIT_IMAGE } from './queues/submit.js';
import { REQUEST_IMAGE } from './operator.js';
import { RENAME_IMAGE } from './rename.js';
import { SEARCH_IMAGE } from './search.js';
import { REPLY_IMAGE } from './reply.js';
import { SET_FILE_IMAGE } from './set-file.js';
import { SET_IMAGE } from './set.js';
import { SETRMS_IMAGE } from './set-rms.js';
import { SHOW_IMAGE } from './show.js';
import { SORT_IMAGE } from './sort.js';
import { SYSGEN_IMAGE } from './sysgen.js';
import { TYPE_IMAGE } from './type.js';
import { VERIFY_IMAGE } from './verify-disk.js';

export { UTILITY_MESSAGE_SOURCE } from './messages.js';

/** Images run from DCL. A new one is added here. */
export const UTILITY_IMAGES: readonly ResidentImage[] = [
  ANALYZRMS_IMAGE,
  ACCOUNTING_IMAGE,
  APPEND_IMAGE,
  AUTHORIZE_IMAGE,
  BACKUP_IMAGE,
  BADBLOCK_IMAGE,
  CONVERT_IMAGE,
  COPY_IMAGE,
  CREATE_IMAGE,
  CREATEFDL_IMAGE,
  DELETE_IMAGE,
  DIFFERENCES_IMAGE,
  DIRECTORY_IMAGE,
  DISKQUOTA_IMAGE,
  DISMOUNT_IMAGE,
  DUMP_IMAGE,
  EDT_IMAGE,
  ERRFMT_IMAGE,
  HELP_IMAGE,
  INIT_IMAGE,
  INSTALL_IMAGE,
  LIBRARIAN_IMAGE,
  LINK_IMAGE,
  MACRO_IMAGE,
  MAIL_IMAGE,
  MONITOR_IMAGE,
  MOUNT_IMAGE,
  PRTSMB_IMAGE,
  QUEMAN_IMAGE,
  RENAME_IMAGE,
  SDA_IMAGE, ERF_IMAGE,
  SEARCH_IMAGE,
  REPLY_IMAGE,
  REQUEST_IMAGE,
  SET_FILE_IMAGE,
  SET_IMAGE,
  SETRMS_IMAGE,
  SHOW_IMAGE,
  SORT_IMAGE,
  SUBMIT_IMAGE,
  SYSGEN_IMAGE,
  TYPE_IMAGE,
  VERIFY_IMAGE,
];
