import type { Monaco, monacoTypes } from '@grafana/ui';
import { formatSql } from '../sql/format';
import { complete, CompletionSource, KEYWORDS, Suggestion, SuggestionKind } from './completion';

export const LANGUAGE_ID = 'tsdb-sql';

/** Highlighting, in Monaco's own form: the same tokens as `sql/tokens.ts`, and template variables within literals. */
export const HIGHLIGHTING: monacoTypes.languages.IMonarchLanguage = {
  ignoreCase: true,
  defaultToken: '',
  keywords: KEYWORDS,
  tokenizer: {
    root: [
      [/--.*$/, 'comment'],
      [/\/\*/, 'comment', '@comment'],
      [/'/, 'string', '@string'],
      [/"/, 'identifier.quote', '@quoted'],
      [/\$__\w+/, 'predefined'],
      [/\$\{[^{}]*\}|\[\[\w[^\][]*\]\]|\$\w+/, 'variable'],
      [/:[a-z_]\w*/, 'variable.parameter'],
      [/(\d+\.\d*|\.\d+)(e[+-]?\d+)?|\d+e[+-]?\d+/, 'number'],
      [/(\d+(ns|us|ms|[smhdw]))+/, 'number'],
      [/\d+/, 'number'],
      [/[a-z_\u0080-\uffff][\w\u0080-\uffff]*(?=\s*\()/, { cases: { 'IN|BY|AND|OR|NOT|WHERE': 'keyword', '@keywords': 'keyword', '@default': 'predefined' } }],
      [/[a-z_\u0080-\uffff][\w\u0080-\uffff]*/, { cases: { '@keywords': 'keyword', '@default': 'identifier' } }],
      [/[=<>!~+\-*/%|:]+/, 'operator'],
      [/[()]/, '@brackets'],
      [/[,;.]/, 'delimiter'],
    ],
    comment: [
      [/\*\//, 'comment', '@pop'],
      [/[^*]+|\*/, 'comment'],
    ],
    string: [
      [/''/, 'string'],
      [/'/, 'string', '@pop'],
      [/\$\{[^{}']*\}|\[\[\w[^\][']*\]\]|\$\w+/, 'variable'],
      [/[^'$[]+|[$[]/, 'string'],
    ],
    quoted: [
      [/""/, 'identifier.quote'],
      [/"/, 'identifier.quote', '@pop'],
      [/\$\{[^{}"]*\}|\[\[\w[^\]["]*\]\]|\$\w+/, 'variable'],
      [/[^"$[]+|[$[]/, 'identifier.quote'],
    ],
  },
};

const CONFIGURATION: monacoTypes.languages.LanguageConfiguration = {
  comments: { lineComment: '--', blockComment: ['/*', '*/'] },
  brackets: [['(', ')']],
  autoClosingPairs: [
    { open: '(', close: ')' },
    { open: "'", close: "'", notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: [
    { open: '(', close: ')' },
    { open: "'", close: "'" },
    { open: '"', close: '"' },
  ],
};

// Providers belong to a language, not to an editor: which data source and database an editor asks is found by its model.
const sources = new Map<string, () => CompletionSource>();
const registered = new WeakSet<object>();

/** Makes the dialect known to Monaco, once. */
export function registerLanguage(monaco: Monaco) {
  if (registered.has(monaco.languages)) {
    return;
  }
  registered.add(monaco.languages);
  monaco.languages.register({ id: LANGUAGE_ID });
  monaco.languages.setMonarchTokensProvider(LANGUAGE_ID, HIGHLIGHTING);
  monaco.languages.setLanguageConfiguration(LANGUAGE_ID, CONFIGURATION);
  monaco.languages.registerCompletionItemProvider(LANGUAGE_ID, {
    triggerCharacters: ['$', "'", ' ', '(', ','],
    provideCompletionItems: (model, position) => provideItems(monaco, model, position),
  });
  monaco.languages.registerDocumentFormattingEditProvider(LANGUAGE_ID, {
    provideDocumentFormattingEdits: (model) => [{ range: model.getFullModelRange(), text: formatSql(model.getValue()) }],
  });
}

/** Completion in this model draws from this source until the returned function is called. */
export function attachSource(model: monacoTypes.editor.ITextModel, source: () => CompletionSource): () => void {
  const key = model.uri.toString();
  sources.set(key, source);
  return () => {
    sources.delete(key);
  };
}

async function provideItems(monaco: Monaco, model: monacoTypes.editor.ITextModel, position: monacoTypes.Position) {
  const source = sources.get(model.uri.toString());
  if (!source) {
    return { suggestions: [] };
  }
  const completion = await complete(model.getValue(), model.getOffsetAt(position), source()).catch(() => undefined);
  if (!completion) {
    return { suggestions: [] };
  }
  const start = model.getPositionAt(completion.from);
  const range = new monaco.Range(start.lineNumber, start.column, position.lineNumber, position.column);
  return { suggestions: completion.suggestions.map((suggestion) => item(monaco, suggestion, range)) };
}

function item(monaco: Monaco, suggestion: Suggestion, range: monacoTypes.IRange): monacoTypes.languages.CompletionItem {
  return {
    label: suggestion.label,
    kind: itemKind(monaco, suggestion.kind),
    insertText: suggestion.insert,
    insertTextRules: suggestion.snippet ? monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet : undefined,
    detail: suggestion.detail,
    documentation: suggestion.doc,
    // What the database holds before what the language has.
    sortText: `${ORDER.indexOf(suggestion.kind)} ${suggestion.label}`,
    range,
  };
}

const ORDER: SuggestionKind[] = ['value', 'measurement', 'time', 'tag', 'field', 'macro', 'function', 'variable', 'keyword'];

function itemKind(monaco: Monaco, kind: SuggestionKind): monacoTypes.languages.CompletionItemKind {
  const kinds = monaco.languages.CompletionItemKind;
  switch (kind) {
    case 'measurement':
      return kinds.Struct;
    case 'time':
    case 'field':
      return kinds.Field;
    case 'tag':
      return kinds.Property;
    case 'value':
      return kinds.Value;
    case 'function':
      return kinds.Function;
    case 'macro':
      return kinds.Constant;
    case 'variable':
      return kinds.Variable;
    case 'keyword':
      return kinds.Keyword;
  }
}
