// What the parts share that give the core its object `host`: files in a table, and values across the border.
#ifndef HOST_H
#define HOST_H

#include <quickjs.h>

#include "shim.h"

/* A file that can be replaced: its directory is kept open, and what the file was when it was read. */
struct held {
	/* as it was given, links and all */
	char path[PATH_MAX];
	/* the word by which it was found to ask, or NULL */
	const char *asks_by;
	int directory;
	int descriptor;
	char name[NAME_MAX + 1];
	struct stat status;
	/* of the file that was put in its place */
	struct stat made;
	/* what pieces made of it when they were last put together, and whether that is JSON; 0, or an errno */
	struct assembled {
		char *bytes;
		size_t size, room;
	} text;
	int judged;
	JSValue pieces;
};

/* The texts of a tree's nodes, one behind the other, and where each of them ends. */
struct yaml_texts {
	char *bytes;
	size_t size;
	uint32_t *ends;
	uint32_t count, room;
};

struct yaml_text {
	const char *bytes;
	size_t length;
};

static inline struct yaml_text yaml_text_of(const struct yaml_texts *texts, uint32_t node)
{
	size_t start = node == 0 ? 0 : texts->ends[node - 1];
	return (struct yaml_text){ texts->bytes + start, texts->ends[node] - start };
}

/* Lives until exec; the core names it by its number. `bytes` is followed by a NUL. */
struct file {
	char *bytes;
	size_t size;
	uid_t uid;
	gid_t gid;
	mode_t mode;
	struct held *held;
	/* of one that was read before the core has asked for it; else NULL */
	char *path;
	struct json *json;
	/* of the YAML tree: the nodes' codes, places and texts */
	uint32_t *codes;
	struct position *places;
	struct yaml_texts texts;
	uint32_t node_count;
};

struct files {
	struct file *table;
	uint32_t count, room;
	/* of those that were read ahead, the next that the core will ask for */
	uint32_t ahead;
	/* the folder that this run has for itself, open; or -1 */
	int locked;
};

/* load-core.c: `js` is NULL where memory ran out; else, with false, an exception is left in it */
bool load_core(JSContext **js);
/* map-keys.c: until it is allowed, no object is a key, nor an element of a set */
#define ADDERS 4
void refuse_keys(JSContext *js, JSValue originals[ADDERS]);
void allow_keys(JSContext *js, JSValue originals[ADDERS]);
/* heap.c: a core that is loaded; NULL where memory ran out */
JSContext *wake_core(void);

/* host-object.c: before the core is loaded, and afterwards; false leaves an exception */
bool host_install(JSContext *js);
bool host_equip(JSContext *js);
/* for a run: what the core is begun by */
JSValue host_begin(JSContext *js, struct shim *shim);
static inline struct shim *shim_of(JSContext *js)
{
	return JS_GetContextOpaque(js);
}

/* host-values.c */
struct text {
	JSContext *js;
	const char *bytes;
	size_t length;
};
void text_free(struct text *text);
#define cleanup_text __attribute__((cleanup(text_free)))
/* bytes is NULL after an exception; lone surrogates have become U+FFFD */
struct text text_from(JSContext *js, JSValueConst value);
/* 0, an errno, or -1 after an exception */
int path_from(JSContext *js, JSValueConst value, char path[PATH_MAX]);
JSValue path_to_js(JSContext *js, const char *path, size_t length);
JSValue text_to_js(JSContext *js, const char *text, size_t length);
/* NULL after an exception */
struct file *file_from(JSContext *js, JSValueConst value);
bool number_from(JSContext *js, JSValueConst value, uint32_t limit, uint32_t *number);
/* the errno's name, or the exception for -1; our own lack of memory is an exception too */
JSValue errno_to_js(JSContext *js, int error);
/* the same for what could not be looked at; where another try might give another answer, the run ends */
JSValue unseen_to_js(JSContext *js, int error, const char *path);
bool push(JSContext *js, JSValueConst array, uint32_t *count, JSValue value);
int64_t array_length(JSContext *js, JSValueConst array);

/* a syntax error as the core takes it: [words, line, column] */
JSValue syntax_to_js(JSContext *js, const char *words, struct position at);

/* host-pieces.c: the pieces as one text, `held->text`; 0, an errno, or -1 after an exception */
int assemble(JSContext *js, const struct file *file, JSValueConst pieces);
/* sha256.c: with a NUL behind the digits */
#define SHA256_HEX_BYTES 65
void sha256(const char *bytes, size_t size, char hex[SHA256_HEX_BYTES]);

#define UNUSED __attribute__((unused))
#define HOST(name) \
	JSValue name(UNUSED JSContext *js, UNUSED JSValueConst self, UNUSED int argc, UNUSED JSValueConst *argv)
/* host-settings.c */
HOST(host_settings);
/* host-read.c: the number of a file that is in the table from now on */
JSValue add_file(JSContext *js, const struct file *file);
void note_owner(struct file *file, const struct stat *status);
/* for the core, which asks for them in the order in which they were read; false leaves an exception */
bool read_ahead(JSContext *js, const char *directory, const char *name, struct file *file);
HOST(host_read_file);
HOST(host_hold_file);
HOST(host_size);
HOST(host_text);
/* host-search.c */
HOST(host_may_request);
HOST(host_mentions);
HOST(host_names_mentioning);
/* host-paths.c */
HOST(host_path_info);
HOST(host_file_info);
HOST(host_read_link);
HOST(host_list_directory);
HOST(host_device_info);
/* host-read.c: links in the last place are followed by hand. What it opens and takes is the caller's in any case */
int hold(struct document *document, const char *given, size_t most, struct held *held, struct file *file);
/* host-pieces.c */
HOST(host_digest);
HOST(host_stringify);
/* host-replace.c */
HOST(host_replace_file);
/* host-log.c */
HOST(host_append);
HOST(host_append_log);
HOST(host_answer_features);
HOST(host_fail);
HOST(host_on_crash);
HOST(host_begin_record);
HOST(host_record);
/* host-watch.c */
HOST(host_watch);
HOST(host_wait_for_change);
/* host-lock.c */
HOST(host_lock_folder);
HOST(host_unlock_folder);
HOST(host_put_file);
HOST(host_remove_file);
HOST(host_process_id);
/* host-json.c */
HOST(host_parse_json);
HOST(host_json_kind);
HOST(host_json_members);
HOST(host_json_elements);
HOST(host_json_member);
HOST(host_json_string);
HOST(host_json_number);
HOST(host_json_start);
HOST(host_json_end);
HOST(host_json_key_start);
HOST(host_json_slice);
/* host-yaml.c */
HOST(host_parse_yaml);
HOST(host_yaml_nodes);
HOST(host_yaml_position);

#endif
