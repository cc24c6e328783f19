import { useState } from 'react';
import { RULE_KINDS, type KeptRules } from '#shared/domain/rules/rule-set';
import { RULE_KIND_WORDS } from '#shared/domain/rules/rule-words';
import { toAppError, type AppError } from '#shared/errors/app-error';
import { Page } from '../../app/page.tsx';
import { useCall, useCommand } from '../../data/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { plural } from '../../ui/format.ts';
import { Menu } from '../../ui/menu.tsx';
import { useDraft, type RulesDraft } from './draft.ts';
import { newRule } from './new-rule.ts';
import { RejectLimit } from './reject-limit.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { chooseRulesFile, downloadRules, parseRules } from './rule-file.ts';
import { RuleList } from './rule-list.tsx';
import styles from './rules-page.module.css';

/** What a company asks of the rows of its files, without code. */
export function RulesPage() {
  const answer = useCall('rules.get', {});
  if (answer.data) return <Rules kept={answer.data} />;
  return (
    <Page title="Rules">
      {answer.error ? (
        <ErrorPanel error={answer.error} onRetry={() => void answer.refetch()} />
      ) : (
        <p className="muted">Reading the rules…</p>
      )}
    </Page>
  );
}

function Rules({ kept }: { kept: KeptRules }) {
  const draft = useDraft(kept);
  const save = useCommand('rules.save', ['rules.get']);
  const [fileError, setFileError] = useState<AppError | null>(null);
  const named = draft.rules.every(({ name }) => name.trim() !== '');
  const check = useCall('rules.check', { ruleSet: draft.ruleSet }, { enabled: draft.changed && named });
  const problems = draft.changed ? (check.data?.problems ?? []) : [];
  const ready = named && problems.length === 0 && check.error === null;

  const importFile = async () => {
    const file = await chooseRulesFile();
    if (file === null) return;
    setFileError(null);
    draft.replace(parseRules(file.name, await file.text()).rules);
  };
  return (
    <Page
      title="Rules"
      controls={<p className={styles.lead}>What every row must fulfil besides what Mauzo checks itself.</p>}
      actions={
        <>
          <Button
            icon="import"
            onClick={() => void importFile().catch((thrown: unknown) => setFileError(toAppError(thrown)))}
          >
            Import a file
          </Button>
          <Button
            icon="export"
            disabled={draft.rules.length === 0}
            onClick={() => downloadRules(draft.ruleSet)}
          >
            Export
          </Button>
          <Menu
            label="Kinds of rules"
            target={
              <Button variant="primary" icon="plus">
                Add a rule
              </Button>
            }
            items={RULE_KINDS.map((kind) => ({
              id: kind,
              label: RULE_KIND_WORDS[kind].title,
              onSelect: () => draft.add(newRule(kind, draft.rules)),
            }))}
          />
        </>
      }
    >
      <div className="app-stack">
        {fileError && <ErrorPanel error={fileError} />}
        {save.error && <ErrorPanel error={save.error} />}
        {draft.changed && (
          <SaveBar
            draft={draft}
            ready={ready}
            busy={save.isPending}
            onSave={() =>
              save.mutate(
                { ruleSet: draft.ruleSet, revision: draft.revision },
                { onSuccess: () => draft.discard() },
              )
            }
            onDiscard={() => {
              save.reset();
              draft.discard();
            }}
          />
        )}
        <div className={styles.pair}>
          <div className={styles.side}>
            <Card title="Rules" unit={summary(draft, kept)} flush>
              {draft.rules.length === 0 ? (
                <EmptyState title="No rules">
                  Rows are checked for dates, amounts and duplicates in any case. Add a rule for what else
                  must be true.
                </EmptyState>
              ) : (
                <RuleList
                  rules={draft.rules}
                  selected={draft.selected?.id ?? null}
                  broken={new Set(problems.map(({ ruleId }) => ruleId))}
                  onSelect={draft.select}
                />
              )}
            </Card>
            <RejectLimit />
          </div>
          {draft.selected && (
            <RuleEditor
              key={draft.selected.id}
              rule={draft.selected}
              problems={problems.filter(({ ruleId }) => ruleId === draft.selected?.id)}
              onChange={draft.put}
              onRemove={() => {
                if (draft.selected) draft.remove(draft.selected.id);
              }}
            />
          )}
        </div>
      </div>
    </Page>
  );
}

function summary(draft: RulesDraft, kept: KeptRules): string {
  const on = draft.rules.filter(({ enabled }) => enabled).length;
  const version = kept.revision === 0 ? 'as Mauzo comes' : `version ${kept.revision}`;
  return `${plural(on, 'rule')} on, ${version}`;
}

function SaveBar({
  draft,
  ready,
  busy,
  onSave,
  onDiscard,
}: {
  draft: RulesDraft;
  ready: boolean;
  busy: boolean;
  onSave: () => void;
  onDiscard: () => void;
}) {
  return (
    <section className={styles.save} aria-label="Unsaved changes">
      <p>
        <b className="medium">Not saved yet.</b> Files that are checked from then on are checked by these{' '}
        {plural(draft.rules.length, 'rule')}.
      </p>
      <Button variant="ghost" onClick={onDiscard}>
        Discard
      </Button>
      <Button variant="primary" busy={busy} disabled={!ready} onClick={onSave}>
        Save rules
      </Button>
    </section>
  );
}
