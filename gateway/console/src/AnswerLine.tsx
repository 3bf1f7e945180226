import { lastAnswer } from './shop.js';
import { useStore } from './store.js';

/** One line below the answer: how it went, what it cost, and the id by which support finds it. */
export function AnswerLine() {
  const answer = useStore(lastAnswer);
  if (!answer) return null;
  return (
    <div className="souk-answer" role="status">
      <span className={answer.status < 400 ? 'souk-good' : 'souk-bad'}>{answer.status}</span>
      <span>{answer.ms} ms</span>
      {answer.statements === null ? null : <span>{answer.statements} store statements</span>}
      <span className="souk-request">{answer.requestId}</span>
    </div>
  );
}
