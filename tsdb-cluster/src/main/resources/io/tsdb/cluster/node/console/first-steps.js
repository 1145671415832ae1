// What an empty database shows: lines that can be copied and work as they are, against the node that this page is from.

export function drawFirstSteps(target, database, withToken) {
  const name = database === '' ? 'first' : database;
  const base = location.origin;
  // a name is what anybody may have given: it ends no quotation of a shell
  const write = `${base}/write?db=${encodeURIComponent(name).replaceAll("'", '%27')}`;
  const title = document.createElement('h2');
  title.textContent = `No measurement in ${name} yet: send the first point`;
  target.replaceChildren(title);
  if (withToken) {
    const note = document.createElement('p');
    note.textContent = 'Put your token in place of TOKEN.';
    target.append(note);
  }
  const curl = withToken ? ` -H 'Authorization: Token TOKEN'` : '';
  const python = withToken ? `, headers={"Authorization": "Token TOKEN"}` : '';
  for (const [label, text] of [
    ['curl', `curl -i${curl} '${write}' --data-binary 'room,name=kitchen temperature=21.5'`],
    [
      'Python',
      `import urllib.request\nrequest = urllib.request.Request("${write}", b"room,name=kitchen temperature=21.5"${python})\nprint(urllib.request.urlopen(request).status)`,
    ],
    ['MicroPython', `import requests\nprint(requests.post("${write}", data="room,name=kitchen temperature=21.5"${python}).status_code)`],
    ['Telegraf', `[[outputs.influxdb]]\n  urls = ["${base}"]\n  database = ${JSON.stringify(name)}${withToken ? '\n  username = "any"\n  password = "TOKEN"' : ''}`],
  ]) {
    target.append(copyable(label, text));
  }
}

function copyable(label, text) {
  const made = document.createElement('figure');
  const caption = document.createElement('figcaption');
  caption.textContent = label;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  const code = document.createElement('pre');
  code.textContent = text;
  button.addEventListener('click', async () => {
    button.textContent = await copy(code);
  });
  caption.append(button);
  made.append(caption, code);
  return made;
}

/**
 * Copies a text, and gives what is to be said of it. Pages that came over plain HTTP from another machine have no clipboard
 * (`navigator.clipboard` is undefined), and others may be refused it: there the text is selected, and copied as by its key.
 */
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    return 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    return document.execCommand('copy') ? 'Copied' : 'Selected: copy it with Ctrl+C';
  }
}
