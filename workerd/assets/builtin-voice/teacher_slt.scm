; Labels and phones of a line for the voice cmu_us_slt_arctic_hts, without making sound.
;   (dump "the text" "OUT-DIR/00000") writes OUT-DIR/00000.lab for hts_engine, and OUT-DIR/00000.seg, one phone a line:
;   name, stress, word, token, punctuation after the token
(voice_cmu_us_slt_arctic_hts)
(require 'hts)

(define (filled text) (if (string-equal text "") "_" text))

(define (pronounce word phones)
  (lex.add.entry (list word nil (lex.syllabify.phstress phones))))

(define (dump text path)
  (let ((utt (eval (list 'Utterance 'Text text))))
    (Initialize utt) (Text utt) (Token_POS utt) (Token utt) (POS utt) (Phrasify utt) (Word utt)
    (Pauses utt) (Intonation utt) (PostLex utt) (Duration utt) (Int_Targets utt)
    (hts_dump_feats utt hts_feats_list (string-append path ".lab"))
    (let ((out (fopen (string-append path ".seg") "w")))
      (mapcar
        (lambda (s)
          (format out "%s\t%s\t%s\t%s\t%s\n"
            (item.name s)
            (filled (item.feat s "R:SylStructure.parent.stress"))
            (filled (item.feat s "R:SylStructure.parent.parent.name"))
            (filled (item.feat s "R:SylStructure.parent.parent.R:Token.parent.name"))
            (filled (item.feat s "R:SylStructure.parent.parent.R:Token.parent.punc"))))
        (utt.relation.items utt 'Segment))
      (fclose out))))
