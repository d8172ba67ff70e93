/** Sources in VMS's own formats are imported as text (tools/text-loader.mjs). */
declare module '*.mar' { const text: string; export default text; }
declare module '*.cld' { const text: string; export default text; }
declare module '*.msg' { const text: string; export default text; }
declare module '*.hlp' { const text: string; export default text; }
declare module '*.com' { const text: string; export default text; }
