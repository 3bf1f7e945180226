/** As much of the font engine under pdfkit as is used here: a parsed font, which pdfkit takes in place of its bytes. */
declare module 'fontkit' {
  export interface Font extends Uint8Array {
    /** What was asked for so far, by glyph. */
    _glyphs: object;
    _layoutEngine?: object;
  }
  export function create(font: Uint8Array): Font;
}
