// Text for HTML and for attributes in double quotes.

const MARKS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, which no HTML may hold, are shown as the pictures that Unicode has for them. */
export const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (mark) => String(MARKS[mark]))
    // eslint-disable-next-line no-control-regex -- those are the ones meant
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (mark) =>
      String.fromCodePoint(0x2400 + mark.charCodeAt(0)),
    );
