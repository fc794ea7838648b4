extension TranslationDecoder.Lanes: SymbolDecoder {}
