// Ties the button of a page to django-allauth's passkey ceremony, and says on the page when it came to nothing.
const form = document.getElementById('with-passkey')
const ceremony = form.dataset.ceremony
const ids = { credential: 'credential', data: 'options', [ceremony]: 'use-passkey' }
window.allauth.webauthn.forms[`${ceremony}Form`]({ ids })
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  document.getElementById('passkey-failed').hidden = false
})
