import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import {
  Annotation,
  Compartment,
  EditorSelection,
  EditorState,
  type Extension,
  type SelectionRange,
} from '@codemirror/state';
import { EditorView, highlightSpecialChars, type KeyBinding, keymap, placeholder } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import classes from './code-editor.module.css';
import { editorTheme, highlighting } from './editor-theme.ts';

export interface CodeEditorProps {
  /** Read by screen readers; what stands beside the editor is for the eye. */
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Language, completion, checks. Must keep its identity while it means the same. */
  readonly extensions: Extension;
  /** Ctrl or Cmd and Enter. */
  readonly onRun?: () => void;
  readonly hint?: string;
  /** Underlined, with a message on hover. Must keep its identity while it means the same. */
  readonly problems?: readonly Diagnostic[];
  readonly tall?: boolean;
}

const fromOutside = Annotation.define<boolean>();
const NO_PROBLEMS: readonly Diagnostic[] = [];

/**
 * Text with colours, completion and underlined mistakes. It lives in a shadow root: there CodeMirror adopts its stylesheets as objects,
 * where in the page it would write `<style>` elements, which the content security policy refuses.
 *
 * Tab leaves it, unless a completion is open.
 */
export function CodeEditor(props: CodeEditorProps) {
  const { text, problems = NO_PROBLEMS, extensions, tall = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  latest.current = props;
  const variable = useRef(new Compartment());

  useEffect(() => {
    const parent = host.current;
    if (parent === null) return;
    const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [variable.current.of(latest.current.extensions), fixedExtensions(latest)],
      }),
    });
    // Whoever scrolls by keys must be able to get there.
    if (latest.current.tall === true) editor.scrollDOM.tabIndex = 0;
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: variable.current.reconfigure(extensions) });
  }, [extensions]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: text },
      annotations: fromOutside.of(true),
    });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const inside = problems.map((problem) => within(problem, editor.state.doc.length));
    editor.dispatch(setDiagnostics(editor.state, inside));
  }, [problems]);

  return <div ref={host} className={classes.host} data-tall={tall || undefined} />;
}

function fixedExtensions(latest: { readonly current: CodeEditorProps }): Extension {
  const run: KeyBinding = {
    key: 'Mod-Enter',
    run: () => {
      latest.current.onRun?.();
      return latest.current.onRun !== undefined;
    },
  };
  return [
    highlightSpecialChars(),
    history(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    syntaxHighlighting(highlighting),
    editorTheme,
    placeholder(latest.current.hint ?? ''),
    EditorView.domEventHandlers({ beforeinput: typeOverSelection }),
    EditorView.contentAttributes.of({ 'aria-label': latest.current.label, spellcheck: 'false' }),
    keymap.of([run, ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      const isOurs = update.transactions.some((transaction) => transaction.annotation(fromOutside) === true);
      if (update.docChanged && !isOurs) latest.current.onText(update.state.doc.toString());
    }),
  ];
}

/**
 * Text in the place of a selection. Left to itself, Chrome keeps the selection's colours by an inline style, which the content security
 * policy refuses, with a complaint for each.
 */
function typeOverSelection(event: InputEvent, view: EditorView): boolean {
  const { data: text } = event;
  if (event.inputType !== 'insertText' || text === null || view.composing) return false;
  const selected = selectedNow(view);
  if (selected.empty) return false;
  if (!selected.eq(view.state.selection.main)) view.dispatch({ selection: selected });
  const insert = () => view.state.update({ ...view.state.replaceSelection(text), userEvent: 'input.type' });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, selected.from, selected.to, text, insert))) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** The editor hears of a selection in a later task; Chrome, which can be asked of a shadow root, knows it at once. */
function selectedNow(view: EditorView): SelectionRange {
  const root: DocumentOrShadowRoot & { getSelection?(): Selection | null } = view.root;
  const found = root.getSelection?.();
  const { anchorNode = null, focusNode = null, anchorOffset = 0, focusOffset = 0 } = found ?? {};
  const isInside = view.contentDOM.contains(anchorNode) && view.contentDOM.contains(focusNode);
  if (anchorNode === null || focusNode === null || !isInside) return view.state.selection.main;
  return EditorSelection.range(view.posAtDOM(anchorNode, anchorOffset), view.posAtDOM(focusNode, focusOffset));
}

/** A server's answer may be about a text that was longer. An empty range would draw nothing. */
function within(problem: Diagnostic, length: number): Diagnostic {
  const from = Math.min(problem.from, Math.max(0, length - 1));
  return { ...problem, from, to: Math.min(length, Math.max(problem.to, from + 1)) };
}
