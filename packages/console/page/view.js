/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function at(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * @param {string} tag
 * @param {(string | Node)[]} children
 * @param {string} [className]
 */
export function element(tag, children, className = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/**
 * @param {string} label
 * @param {() => Promise<unknown>} act
 */
export function button(label, act) {
  const made = /** @type {HTMLButtonElement} */ (element('button', [label]));
  const done = (text = '') => {
    say(text);
    made.disabled = false;
  };
  made.addEventListener('click', () => {
    made.disabled = true;
    act().then(
      () => done(),
      (/** @type {Error} */ error) => done(error.message),
    );
  });
  return made;
}

/** @param {string} text */
export function say(text) {
  at('notice').textContent = text;
  at('notice').hidden = text === '';
}

/** @param {string} id */
export const lamp = (id) => (/** @type {boolean} */ open) => {
  at(id).className = `light ${open ? 'on' : 'off'}`;
};

const KEPT = 50;

/**
 * A list whose newest line is on top; a line of the same key takes the place of the one before.
 * @param {string} id
 */
export function list(id) {
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();
  return {
    clear() {
      lines.clear();
      at(id).replaceChildren();
    },
    /** @param {string} key @param {(string | Node)[]} parts */
    put(key, parts) {
      lines.get(key)?.remove();
      // At the end of the map again: the first is the oldest.
      lines.delete(key);
      const line = element('li', parts);
      lines.set(key, line);
      at(id).prepend(line);
      const [oldest] = lines.keys();
      if (lines.size <= KEPT || oldest === undefined) return;
      lines.get(oldest)?.remove();
      lines.delete(oldest);
    },
  };
}
