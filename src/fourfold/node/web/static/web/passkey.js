// Says on the page when a passkey was not used. The ceremony itself is django-allauth's; this is all of ours.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  document.getElementById('passkey-failed').hidden = false
})
