import Feed from './Feed';

export default function App() {
  return (
    <main>
      <h1>Cruddur</h1>
      <Feed />
    </main>
  );
}
