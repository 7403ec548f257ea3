document.getElementById('title').textContent = 'Notes'

fetch('moths.json').then((response) => response.json()).then((moths) => {
  for (const name of moths) {
    const item = document.createElement('li')
    item.textContent = name
    document.getElementById('moths').append(item)
  }
})
