/** Text with what was looked for marked in it, in any case of letters. */
export function Marked({ text, find }: { text: string; find: string }) {
  const at = find === '' ? -1 : text.toLowerCase().indexOf(find.toLowerCase());
  if (at < 0) return text;
  const end = at + find.length;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, end)}</mark>
      {text.slice(end)}
    </>
  );
}
