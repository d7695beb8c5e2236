/* Says each line of a file with flite's rms voice and writes what the voice predicts, before any sound is made.
 *
 *   teacher-rms LINES OUT-DIR [ADDENDA]
 *
 * OUT-DIR/00000.seg        one phone a line: name, stress, word, token, punctuation after the token, end in seconds
 * OUT-DIR/00000.param      int32 channels, then f32 rows of 5 ms: F0, then (mean, deviation) of 25 cepstra and of their deltas
 * OUT-DIR/00000.strength   int32 channels, then f32 rows of 5 ms: voicing strength of 5 bands
 * ADDENDA                  a lexicon to put over the voice's own: `word 0 : phones`
 */
#include <stdio.h>
#include <string.h>

#include "flite.h"
#include "cst_track.h"

cst_voice *register_cmu_us_rms(const char *);

static FILE *open_numbered(const char *dir, int number, const char *extension)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%05d.%s", dir, number, extension);
    return fopen(path, "wb");
}

static int write_segments(const cst_utterance *utterance, FILE *out)
{
    if (!out) return 0;
    for (cst_item *s = relation_head(utt_relation(utterance, "Segment")); s; s = item_next(s))
        fprintf(out, "%s\t%s\t%s\t%s\t%s\t%.4f\n", item_feat_string(s, "name"), ffeature_string(s, "R:SylStructure.parent.stress"),
                ffeature_string(s, "R:SylStructure.parent.parent.name"), ffeature_string(s, "R:SylStructure.parent.parent.R:Token.parent.name"),
                ffeature_string(s, "R:SylStructure.parent.parent.R:Token.parent.punc"), item_feat_float(s, "end"));
    return fclose(out) == 0;
}

static int write_track(const cst_utterance *utterance, const char *feature, FILE *out)
{
    if (!out) return 0;
    const cst_track *track = val_track(feat_val(utterance->features, feature));
    fwrite(&track->num_channels, 4, 1, out);
    for (int i = 0; i < track->num_frames; i++) fwrite(track->frames[i], 4, track->num_channels, out);
    return fclose(out) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 3) return fprintf(stderr, "usage: %s LINES OUT-DIR [ADDENDA]\n", argv[0]), 64;
    flite_init();
    cst_voice *voice = register_cmu_us_rms(NULL);
    if (argc > 3 && flite_voice_add_lex_addenda(voice, argv[3]) != 0) return fprintf(stderr, "cannot read %s\n", argv[3]), 1;
    FILE *lines = fopen(argv[1], "r");
    if (!lines) return fprintf(stderr, "cannot read %s\n", argv[1]), 1;

    char line[4096];
    for (int number = 0; fgets(line, sizeof line, lines); number++) {
        line[strcspn(line, "\n")] = 0;
        cst_utterance *utterance = flite_synth_text(line, voice);
        if (!utterance) continue;
        if (!write_segments(utterance, open_numbered(argv[2], number, "seg")) ||
            !write_track(utterance, "param_track", open_numbered(argv[2], number, "param")) ||
            !write_track(utterance, "str_track", open_numbered(argv[2], number, "strength")))
            return fprintf(stderr, "cannot write to %s\n", argv[2]), 1;
        delete_utterance(utterance);
    }
    return 0;
}
