export default function Activity({ handle, message, created_at }) {
  return (
    <li>
      <strong>@{handle}</strong>
      <time dateTime={created_at}>{new Date(created_at).toLocaleString()}</time>
      <p>{message}</p>
    </li>
  );
}
