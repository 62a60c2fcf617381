import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter } from '@codemirror/lint';
import { CodeEditor } from './code-editor.tsx';

/** Nothing is no mistake yet. */
const extensions = [
  json(),
  linter((view) => (view.state.doc.toString().trim() === '' ? [] : jsonParseLinter()(view)), { delay: 400 }),
];

interface JsonEditorProps {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly tall?: boolean;
}

/** JSON with its mistakes underlined. */
export function JsonEditor(props: JsonEditorProps) {
  return <CodeEditor {...props} extensions={extensions} />;
}
