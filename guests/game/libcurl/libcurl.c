/*
 * Stands where Debian's game server looks for libcurl.so.4: the functions that it calls, each saying that it cannot. The server
 * fetches files over the web only when its owner tells it to; in a box it has no web, and the real library brings 21 MB along.
 * The program itself stays as Debian built it.
 */
#include <stddef.h>

/* CURLE_FAILED_INIT; CURLM_BAD_HANDLE; CURL_FORMADD_DISABLED */
enum { FAILED_INIT = 2, BAD_HANDLE = 1, FORM_DISABLED = 7 };

int curl_global_init(long flags) {
  (void)flags;
  return 0;
}

void curl_global_cleanup(void) {}

void *curl_easy_init(void) { return NULL; }

void curl_easy_cleanup(void *easy) { (void)easy; }

int curl_easy_setopt(void *easy, int option, ...) {
  (void)easy, (void)option;
  return FAILED_INIT;
}

const char *curl_easy_strerror(int code) {
  (void)code;
  return "this box has no web";
}

int curl_formadd(void **first, void **last, ...) {
  (void)first, (void)last;
  return FORM_DISABLED;
}

void curl_formfree(void *form) { (void)form; }

void *curl_multi_init(void) { return NULL; }

int curl_multi_cleanup(void *multi) {
  (void)multi;
  return BAD_HANDLE;
}

int curl_multi_add_handle(void *multi, void *easy) {
  (void)multi, (void)easy;
  return BAD_HANDLE;
}

int curl_multi_remove_handle(void *multi, void *easy) {
  (void)multi, (void)easy;
  return BAD_HANDLE;
}

int curl_multi_perform(void *multi, int *running) {
  (void)multi;
  *running = 0;
  return BAD_HANDLE;
}

void *curl_multi_info_read(void *multi, int *waiting) {
  (void)multi;
  *waiting = 0;
  return NULL;
}
