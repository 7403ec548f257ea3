import { useEffect, useState } from 'react';

import Activity from './Activity';

const url = `${process.env.REACT_APP_BACKEND_URL}/api/activities/home`;

export default function Feed() {
  const [activities, setActivities] = useState(null);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    const leaving = new AbortController();
    load(leaving.signal)
      .then(setActivities)
      .catch((error) => {
        if (!leaving.signal.aborted) setProblem(error.message);
      });
    return () => leaving.abort();
  }, []);

  if (problem) return <p role="alert">No activities: {problem}</p>;
  if (!activities) return <p>Loading…</p>;
  return (
    <ul>
      {activities.map((activity) => (
        <Activity key={activity.uuid} {...activity} />
      ))}
    </ul>
  );
}

async function load(signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}
